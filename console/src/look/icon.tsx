import ICONS from './icons.json' with { type: 'json' }

/** The name of an icon. */
export type IconName = keyof typeof ICONS

/** An icon of lines, as high as the letters beside it. It says nothing to a screen reader: a word stands beside it, or names the button. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  )
}
