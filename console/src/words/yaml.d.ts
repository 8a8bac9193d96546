/** A catalogue of words as the build reads it (tools/browser-modules/word-files.ts). `words.generated.d.ts` beside it has its type. */
declare module '*.yaml' {
  export const words: unknown
}
