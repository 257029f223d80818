// The column picker: an arrow moves its line at once; what is ticked is sent in the order of the lines.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-picker] button")
  const row = button?.closest("li")
  if (!row) return
  event.preventDefault()
  const beside = button.name === "up" ? row.previousElementSibling : row.nextElementSibling
  if (!beside) return
  if (button.name === "up") beside.before(row)
  else beside.after(row)
  button.focus()
})

// the column that leads to the record cannot be left out
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-always]")) event.target.checked = true
})
