/** Makes the name of a class for styles out of a code that came from elsewhere. What has blanks would be several classes, and gives none. */
export function classOf(code: string): string {
  return /^[\w-]+$/.test(code) ? code : ''
}
