// A link to a question's own page opens the question over this page instead; a click beside a dialog closes it.
for (const button of document.querySelectorAll("button[data-dialog][hidden]")) button.hidden = false

document.addEventListener("click", (event) => {
  if (event.target.matches("dialog") && outside(event.target, event)) return event.target.close()
  const opener = event.target.closest("[data-dialog]")
  const dialog = opener && document.getElementById(opener.dataset.dialog)
  if (!dialog || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false
  dialog.showModal()
})

function outside(dialog, { clientX: x, clientY: y }) {
  const box = dialog.getBoundingClientRect()
  return (x || y) && (x < box.left || x > box.right || y < box.top || y > box.bottom)
}
