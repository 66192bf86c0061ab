"""mitm."""
