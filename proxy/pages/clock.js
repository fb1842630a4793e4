const lasts = document.getElementById("lasts"), shown = performance.now();
setInterval(() => {
  const s = Math.floor(+lasts.dataset.seconds + (performance.now() - shown) / 1000), m = Math.floor(s / 60);
  lasts.textContent = s < 60 ? `${s} s` : m < 60 ? `${m} min ${s % 60} s` : `${Math.floor(m / 60)} h ${m % 60} min`;
}, 1000);
