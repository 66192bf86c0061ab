"""What the benches share: an origin, clients, proxies, and how the kernel accounts for them."""
