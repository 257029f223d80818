// The keyboard: finding, going, moving, ticking, looking. No single key sends anything or moves money.
const AFTER_G = 1200, SAID = 1500
const letters = document.documentElement.dataset.keys !== "off" // each person may switch single letters off
const goes = new Map()
for (const link of document.querySelectorAll("a[data-go]")) goes.set(link.dataset.go, link.href)
let gUntil = 0

const ROWS = "#main .list .table__link, #main [data-row]"
const does = {
  "/": () => focusOn(first("[data-find]")),
  "?": () => document.getElementById("keys-dialog")?.showModal(),
  g: () => (gUntil = performance.now() + AFTER_G),
  j: () => move(1),
  k: () => move(-1),
  J: () => move(1, true),
  K: () => move(-1, true),
  x: () => row()?.querySelector(".table__pick .check")?.click(),
  f: () => openMenu(first(".filters details.menu")),
  F: () => first(".filters") && location.search && location.assign(location.pathname),
  v: () => openMenu(first("[data-key-v]")),
  s: () => openMenu(first("[data-key-s]")),
  E: () => first("[data-export]")?.click(),
  "[": () => first(".crumbs__walk [rel=prev]")?.click(),
  "]": () => first(".crumbs__walk [rel=next]")?.click(),
  t: () => first("[data-timeline]")?.focus(),
  i: () => copy(row()?.dataset.id ?? first("#main [data-copy]")?.dataset.copy, "id"),
  l: () => copy(row() ? link().href : location.href, "link"),
}
const moves = {
  ArrowDown: (event) => move(1, event.shiftKey),
  ArrowUp: (event) => move(-1, event.shiftKey),
  " ": () => link().dispatchEvent(new CustomEvent("peek", { bubbles: true })),
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return send(event)
  if (event.key === "Escape") return close(event)
  if (event.key === "k" && (event.ctrlKey || event.metaKey)) return take(event, does["/"])
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return
  if (row() && moves[event.key]) return take(event, moves[event.key])
  if (!letters) return
  if (performance.now() < gUntil) {
    gUntil = 0
    const place = goes.get(event.key)
    if (place) take(event, () => location.assign(place))
  } else if (does[event.key]) take(event, does[event.key])
})

function take(event, act) {
  event.preventDefault()
  act(event)
}

const first = (selector) => [...document.querySelectorAll(selector)].find((one) => one.checkVisibility())
const isTyping = (element) => element.isContentEditable || element.matches?.("select, textarea, input:not([type=checkbox], [type=radio])")

function focusOn(field) {
  field?.focus()
  field?.select()
}

function openMenu(menu) {
  if (!menu) return
  menu.open = true
  ;(menu.querySelector("input:not([type=hidden]), select, a, .menu__body button:not(.hidden)") ?? menu.firstElementChild).focus()
}

// --- rows: one tab stop, moved through by arrows; Enter opens the one that has the focus, and the row is lit by it

const rows = () => [...document.querySelectorAll(ROWS)].filter((one) => one.checkVisibility())
const link = () => row()?.querySelector(".table__link, [data-row]")

function row() {
  return document.activeElement?.closest("#main .list tbody tr")
}

function move(step, extends_ = false) {
  const all = rows()
  if (!all.length) return
  const at = all.indexOf(link())
  const to = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)
  if (extends_) for (const one of [all[at], all[to]]) tick(one)
  all[to].focus()
  all[to].closest("tr").scrollIntoView({ block: "nearest" })
}

function tick(one) {
  const box = one?.closest("tr")?.querySelector(".table__pick .check")
  if (!box || box.checked) return
  box.checked = true
  box.dispatchEvent(new Event("change", { bubbles: true }))
}

function oneStop() {
  const all = rows()
  const current = all.find((one) => one === document.activeElement) ?? all.find((one) => one.tabIndex === 0) ?? all[0]
  for (const one of all) {
    one.tabIndex = one === current ? 0 : -1
    const box = one.closest("tr")?.querySelector(".table__pick .check")
    if (box && letters) box.tabIndex = -1 // `x` ticks it
  }
}

for (const one of rows()) one.tabIndex = -1
oneStop()
document.addEventListener("htmx:load", oneStop)
document.addEventListener("focusin", (event) => event.target.matches(ROWS) && oneStop())

// --- the rest

// Escape closes one layer: dialogs and menus close themselves, then the find box, the peek, the selection
function close(event) {
  if (document.querySelector("dialog[open], details.menu[open]")) return
  if (event.target.matches?.("[data-find]")) return event.target.blur()
  const layer = first("#peek [data-peek-close]") ?? first("[data-selection][data-floats] [data-pick-none]")
  layer?.click()
}

function copy(text, kind) {
  if (!text) return
  const button = document.createElement("button")
  Object.assign(button, { hidden: true })
  button.dataset.copy = text
  document.body.append(button)
  button.click()
  button.remove()
  const said = document.getElementById("said")
  said.textContent = said.dataset[kind]
  setTimeout(() => (said.textContent = ""), SAID)
}

// only from inside a form that asks nothing further: its own button stays the one that is pressed
function send(event) {
  const form = event.target.form
  if (!form || event.target.tagName === "BUTTON" || form.method !== "post") return
  const main = document.querySelector(`.button--main[form="${CSS.escape(form.id)}"]`) ?? form.querySelector(".button--main")
  if (!main) return // the selection has no button of its own: each of its deeds is chosen
  event.preventDefault()
  form.requestSubmit(main)
}
