/** A file that a page shows. */
export interface Recipe {
  readonly name: string
  readonly text: string
}

/** Reads the files of a page: the fenced blocks whose first line is a comment with the name of a file, such as `// apollo.js`. */
export function recipesOf(page: string): readonly Recipe[] {
  const blocks = [...page.matchAll(/^```\w+\n(.*?)^```/gms)].map(([, text = '']) => text)
  return blocks.flatMap((text) => {
    const [, name] = /^(?:\/\/|#) ([\w-]+\.\w+)\n/.exec(text) ?? []
    return name === undefined ? [] : [{ name, text }]
  })
}

/** Replaces the demo's usual address in a text. */
export function atPort(text: string, port: number): string {
  return text.replaceAll('127.0.0.1:4000', `127.0.0.1:${port}`)
}
