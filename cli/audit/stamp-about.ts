/** How `istmo audit --help` lists `stamp`, whose modules are loaded when it runs. */
export const STAMP = {
  name: 'stamp',
  description: 'have an authority outside confirm by a time stamp (RFC 3161) that the log exists, or check the stamps',
} as const
