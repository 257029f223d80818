// Counts what the server drew, from the seconds that were left then: the reader's own clock may be wrong.
const HOUR = 3600, MINUTE = 60
const ends = new WeakMap()

function tick() {
  for (const time of document.querySelectorAll("time[data-left]")) draw(time)
}

function draw(time) {
  const now = performance.now() / 1000
  if (!ends.has(time)) ends.set(time, now + Number(time.dataset.left))
  const left = Math.round(ends.get(time) - now)
  if (left >= HOUR || document.hidden) return // the server's words last longer than a look at them
  const { seconds, minutes, over } = time.dataset
  const words = left <= 0 ? over : left < MINUTE ? seconds : minutes
  const text = words.replace("{m}", Math.floor(left / MINUTE)).replace("{s}", left % MINUTE)
  if (time.textContent !== text) time.textContent = text
}

tick()
setInterval(tick, 1000)
document.addEventListener("visibilitychange", tick)
document.addEventListener("htmx:load", tick)
