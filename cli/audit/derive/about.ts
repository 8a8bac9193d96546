/** How `istmo audit --help` lists `derive`, whose modules are loaded when it runs. */
export const DERIVE = {
  name: 'derive',
  description: 'plan the questions of a tool’s journal again, and say whether each leg in the logs follows from them',
} as const
