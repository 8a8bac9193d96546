/** How many errors an answer has at most, before one `ERRORS_CUT` (docs/design/contract.md, What a failure does). */
export const MAX_ERRORS = 100
