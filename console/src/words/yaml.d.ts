/** A catalogue of words as the build reads it (tools/browser-modules/word-files.ts). */
declare module '*.yaml' {
  export const words: import('./catalogue.ts').WordTree
}
