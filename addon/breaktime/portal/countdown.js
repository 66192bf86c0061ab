(function () {
  var timer = document.getElementById("left");
  if (!timer || !timer.dataset.counts) return;
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  var counts = JSON.parse(timer.dataset.counts);
  var ends = performance.now() + 1000 * Number(timer.dataset.seconds);
  function show() {
    var minutes = Math.max(0, Math.ceil((ends - performance.now()) / 60000));
    timer.textContent = counts[Math.min(minutes, counts.length - 1)];
    if (minutes > 0) setTimeout(show, Math.max(1000, ends - performance.now() - (minutes - 1) * 60000));
  }
  show();
})();
