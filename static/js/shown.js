// What is shown once: it goes after its time, and with the page it is on, so that no way back leads to it.
const shown = document.querySelector("[data-shown]")
let over

if (shown) {
  const { shown: back, shownSeconds } = shown.dataset
  const leave = () => {
    forget()
    location.replace(back)
  }
  if (shownSeconds) over = setTimeout(leave, Number(shownSeconds) * 1000)
  addEventListener("pagehide", forget)
  addEventListener("pageshow", (event) => event.persisted && leave())
}

function forget() {
  clearTimeout(over)
  shown.replaceChildren()
}

// a form that gives its answer once is sent once, however often its button is pressed
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-once]")
  if (!form) return
  if ("sent" in form.dataset) event.preventDefault()
  form.dataset.sent = ""
})
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) delete form.dataset.sent
})
