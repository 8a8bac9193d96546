/** Lets the browser save a file. Nothing is sent anywhere. */
export function saveFile(name: string, type: string, content: string | Blob): void {
  const blob = typeof content === 'string' ? new Blob([content], { type }) : content
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has taken the file when the click is done; Safari a little later.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
