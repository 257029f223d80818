// The keyboard: finding, going and moving. No single key sends anything.
const AFTER_G = 1200
const goes = new Map()
for (const link of document.querySelectorAll("a[data-go]")) goes.set(link.dataset.go, link.href)
let gUntil = 0

const does = {
  "/": () => focusOn(document.querySelector("[data-find]")),
  "?": () => document.getElementById("keys-dialog")?.showModal(),
  g: () => (gUntil = performance.now() + AFTER_G),
  j: () => move(1),
  k: () => move(-1),
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return send(event)
  if (event.key === "Escape" && event.target.matches?.("[data-find]")) return event.target.blur()
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return
  if (performance.now() < gUntil) {
    gUntil = 0
    const place = goes.get(event.key)
    if (!place) return
    event.preventDefault()
    location.assign(place)
  } else if (does[event.key]) {
    event.preventDefault()
    does[event.key]()
  }
})

function isTyping(element) {
  return element.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName)
}

function focusOn(field) {
  field?.focus()
  field?.select()
}

// rows are links: Enter opens the one that has the focus, and the row is lit by it
function move(step) {
  const rows = [...document.querySelectorAll("#main [data-row], #main .table__link")].filter((row) => row.checkVisibility())
  if (!rows.length) return
  const at = rows.indexOf(document.activeElement)
  const to = at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + step, 0), rows.length - 1)
  rows[to].focus()
  rows[to].scrollIntoView({ block: "nearest" })
}

// only from inside a form that asks nothing further: its own button stays the one that is pressed
function send(event) {
  const form = event.target.form
  if (!form || event.target.tagName === "BUTTON" || form.method !== "post") return
  event.preventDefault()
  form.requestSubmit(document.querySelector(`.button--main[form="${CSS.escape(form.id)}"]`) ?? form.querySelector(".button--main"))
}
