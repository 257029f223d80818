// From a record to the one before or after it in the list that one came from, and back to that list as it was filtered.
const KEPT = "walk"
const rows = () => [...document.querySelectorAll("#main .list .table__link")].map((link) => new URL(link.href).pathname)
const listed = rows()

if (document.querySelector(".page--list") && listed.length) {
  const keep = () => {
    const [newer, older] = ["prev", "next"].map((rel) => document.querySelector(`.list__pager [rel=${rel}]`)?.href ?? "")
    sessionStorage.setItem(KEPT, JSON.stringify({ list: location.href, rows: rows(), newer, older }))
  }
  keep()
  addEventListener("pagehide", keep)
} else {
  const walk = JSON.parse(sessionStorage.getItem(KEPT) ?? "null")
  const at = walk ? walk.rows.indexOf(location.pathname) : -1
  if (at >= 0) {
    offer(walk.rows[at - 1] ?? walk.newer, walk.rows[at + 1] ?? walk.older)
    const list = new URL(walk.list)
    for (const crumb of document.querySelectorAll(".crumbs > a")) if (crumb.pathname === list.pathname) crumb.href = walk.list
  }
}

function offer(before, next) {
  const template = document.querySelector("template[data-walk]")
  if (!template) return
  const links = template.content.cloneNode(true)
  for (const [rel, url] of Object.entries({ prev: before, next })) {
    const link = links.querySelector(`[rel=${rel}]`)
    if (url) link.href = url
    else link.remove()
  }
  template.replaceWith(links)
}
