/** A text of the catalogues (`words.{en,es}.yaml`), with the names of its holes, `{{name}}`. */
export type Text<Holes extends string> = string & { readonly holes?: (hole: Holes) => void }

/** Puts a value into each hole of a text. What is put in is not read again as a text with holes. */
export function fill<Holes extends string>(
  text: Text<Holes>,
  values: Readonly<Record<Holes, string | number>>,
): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: Holes) => String(values[name]))
}
