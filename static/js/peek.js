// A row's record beside the list: Space or its mark opens it, moving through the rows takes it along, Escape closes it.
const place = document.getElementById("peek")
const narrow = matchMedia("(width < 72rem)")
let shown = null // the link of the row that is looked at
let asked = 0

if (place) {
  document.addEventListener("peek", (event) => (event.target === shown ? close() : look(event.target)))
  document.addEventListener("focusin", (event) => {
    if (shown && event.target !== shown && event.target.matches("#main a[data-peek]")) look(event.target)
  })
  document.addEventListener("click", (event) => {
    const mark = event.target.closest("[data-peek-at]")
    if (mark) toggle(mark.closest("tr").querySelector("a[data-peek]"))
    else if (event.target.closest("[data-peek-close]")) close()
    else if (event.target.closest("[data-peek-step]")) step(Number(event.target.closest("[data-peek-step]").dataset.peekStep))
  })
  document.addEventListener("htmx:afterSwap", () => {
    const again = shown && document.getElementById(shown.id)
    if (again) light((shown = again))
  })
  const reveal = () => document.querySelectorAll("[data-peek-at][hidden]").forEach((mark) => (mark.hidden = false))
  document.addEventListener("htmx:load", reveal)
  reveal()
}

function toggle(link) {
  if (link === shown) return close()
  link.focus()
  look(link)
}

async function look(link) {
  if (!link.dataset.peek) return
  if (narrow.matches) return location.assign(link.href)
  const mine = ++asked
  light((shown = link))
  let text
  try {
    const answer = await fetch(link.dataset.peek, { headers: { "HX-Request": "true" } })
    if (!answer.ok || answer.redirected) throw new Error(answer.status)
    text = await answer.text()
  } catch {
    text = null
  }
  if (mine !== asked) return // another row was asked for since
  if (text === null) place.textContent = place.dataset.lost
  else place.innerHTML = text
  place.hidden = false
  place.scrollTop = 0
}

function light(link) {
  for (const row of document.querySelectorAll("#main tr[aria-current]")) row.removeAttribute("aria-current")
  link?.closest("tr").setAttribute("aria-current", "true")
}

function step(by) {
  const links = [...document.querySelectorAll("#main a[data-peek]")]
  const to = links[links.indexOf(shown) + by]
  if (!to) return
  look(to)
  to.closest("tr").scrollIntoView({ block: "nearest" })
}

function close() {
  const back = shown
  shown = null
  asked += 1
  place.hidden = true
  place.replaceChildren()
  light(null)
  back?.focus()
}
