// Ticked rows: ranges by Shift, kept over what polls bring, and the bar that floats while there are any.
const bar = document.querySelector("[data-selection]")
if (bar) start(bar)

function start(bar) {
  const picked = new Set()
  const every = bar.querySelector("[data-pick-matching]")
  const none = bar.querySelector("[data-pick-none]")
  const said = bar.querySelector(".selection__count")
  const head = document.querySelector("[data-pick-all]")
  let last = null
  bar.dataset.floats = ""
  none.hidden = false
  head.hidden = false

  const boxes = () => [...document.querySelectorAll(".table__pick .check[name=pick]")]

  function draw() {
    const all = boxes()
    const here = all.filter((box) => box.checked).length
    head.checked = here > 0 && here === all.length
    head.indeterminate = here > 0 && here < all.length
    bar.hidden = !picked.size && !every.checked
    const count = document.querySelector(".list__foot > strong:not(:has(a))")?.textContent ?? ""
    said.textContent = every.checked
      ? [said.dataset.every, count].filter(Boolean).join(": ")
      : said.dataset[!picked.size ? "none" : count ? "of" : "some"].replace("{n}", picked.size).replace("{count}", count)
  }

  function take(box) {
    if (box.checked) picked.add(box.value)
    else picked.delete(box.value)
  }

  document.addEventListener("click", (event) => {
    const box = event.target
    if (!box.matches?.(".table__pick .check[name=pick]")) return
    const all = boxes()
    const [from, to] = [all.findIndex((one) => one.value === last), all.indexOf(box)].sort((a, b) => a - b)
    if (event.shiftKey && from >= 0) {
      for (const one of all.slice(from, to + 1)) {
        one.checked = box.checked
        take(one)
      }
      getSelection().removeAllRanges()
    }
    last = box.value
  })

  document.addEventListener("change", (event) => {
    const box = event.target
    if (box === head) {
      for (const one of boxes()) {
        one.checked = head.checked
        take(one)
      }
    } else if (box.matches?.(".table__pick .check[name=pick]")) {
      take(box)
      last = box.value
    } else if (box !== every) return
    if (box !== every && !box.checked) every.checked = false
    draw()
  })

  none.addEventListener("click", () => {
    for (const box of boxes()) box.checked = false
    picked.clear()
    every.checked = false
    draw()
    document.querySelector(".list tbody [tabindex='0']")?.focus()
  })

  // rows that a poll brought are ticked as the ones before them were; rows that are gone are not chosen any more
  document.addEventListener("htmx:afterSwap", () => {
    const here = new Set()
    for (const box of boxes()) {
      box.checked = picked.has(box.value)
      here.add(box.value)
    }
    for (const value of picked) if (!here.has(value)) picked.delete(value)
    draw()
  })

  addEventListener("pageshow", () => {
    for (const box of boxes()) take(box) // the browser ticks again what was ticked
    draw()
  })
  for (const box of boxes()) take(box)
  draw()
}
