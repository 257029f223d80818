// A click on an id copies the whole of it, and the mark says so for a moment.
const SAID = 1500

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]")
  if (!button) return
  if (await write(button.dataset.copy)) {
    button.dataset.copied = ""
    setTimeout(() => delete button.dataset.copied, SAID)
  }
})

async function write(text) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return fromSelection(text) // an address without https has no clipboard
  }
}

function fromSelection(text) {
  const area = document.createElement("textarea")
  const focused = document.activeElement
  area.value = text
  area.className = "hidden"
  ;(focused?.closest("dialog") ?? document.body).append(area)
  area.select()
  const done = document.execCommand("copy")
  area.remove()
  focused?.focus()
  return done
}
