// What polls: it rests while nobody looks, says when it could not ask, and takes no menu or word from under the reader.
const POLLS = "[data-live]"

document.addEventListener("htmx:beforeRequest", (event) => {
  const live = event.target.closest?.(POLLS)
  if (!live || live !== event.detail.elt) return
  if (document.hidden || inUse(live)) event.preventDefault()
})

for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) document.addEventListener(name, (event) => mark(event, true))
document.addEventListener("htmx:afterOnLoad", (event) => mark(event, false))

function mark(event, lost) {
  const note = document.querySelector("[data-live-lost]")
  if (note && event.target.closest?.(POLLS)) note.hidden = !lost
}

function inUse(live) {
  const selection = getSelection()
  const reads = selection && !selection.isCollapsed && live.contains(selection.anchorNode)
  const focused = document.activeElement
  const types = live.contains(focused) && focused.matches("input:not([type=checkbox]), select, textarea")
  return reads || types || live.querySelector("details.menu[open]") || document.querySelector("dialog[open]")
}
