/** Reads templates such as `H{year}-{#year}`. */
import type { TemplatePart } from './mapping.ts'

/** What is wrong with a template: a brace without its other half, a pair of braces with nothing in it, or no column at all. */
export type TemplateFault = 'brace' | 'empty' | 'noColumn'

/** Parses a template. `{{` and `}}` are braces themselves. */
export function parseTemplate(text: string): readonly TemplatePart[] | TemplateFault {
  const parts: TemplatePart[] = []
  let literal = ''
  for (const [piece] of text.matchAll(/\{\{|\}\}|\{[^{}]*\}|[\s\S]/gu)) {
    if (piece === '{{' || piece === '}}') literal += piece.charAt(0)
    else if (piece === '{' || piece === '}') return 'brace'
    else if (piece.length === 1 || !piece.startsWith('{')) literal += piece
    else {
      if (literal !== '') parts.push({ kind: 'literal', text: literal })
      literal = ''
      const part = toPart(piece.slice(1, -1).trim())
      if (part === null) return 'empty'
      parts.push(part)
    }
  }
  if (literal !== '') parts.push({ kind: 'literal', text: literal })
  return parts.some(({ kind }) => kind !== 'literal') ? parts : 'noColumn'
}

function toPart(inner: string): TemplatePart | null {
  if (inner === '') return null
  if (!inner.startsWith('#')) return { kind: 'column', column: inner.normalize('NFC') }
  const within = inner
    .slice(1)
    .split(',')
    .map((column) => column.trim().normalize('NFC'))
    .filter((column) => column !== '')
  return { kind: 'number', within }
}
