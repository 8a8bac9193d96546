import type { Random } from './random.ts'

/**
 * Fills the holes of a text: `{1-28}` with a number between, `{Norte|Sur}` with one of the words, `{digits:4}` with digits, `{ordinal:5}` with a value of at
 * least five digits, and `{town}` with a value. What is drawn is drawn from left to right.
 * @throws {TypeError} if there is neither a value of that name nor anything to draw.
 */
export function fillTemplate(
  template: string,
  values: Readonly<Record<string, string | number | (() => string)>>,
  random?: Random,
): string {
  return template.replace(/\{([^}]*)\}/g, (_, hole: string) => {
    const [name = '', width = '0'] = hole.split(':')
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value !== undefined) return String(typeof value === 'function' ? value() : value).padStart(Number(width), '0')
    const range = /^(\d+)-(\d+)$/.exec(hole)
    if (random && range !== null) return String(random.between(Number(range[1]), Number(range[2])))
    if (random && name === 'digits') return random.digits(Number(width))
    if (random && hole.includes('|')) return random.pick(hole.split('|'))
    throw new TypeError(`${template}: expected a hole with one of ${Object.keys(values).join(', ')}; came {${hole}}`)
  })
}
