import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { cleanText } from './clean-text.ts'
import { mixesScripts } from './mixed-scripts.ts'

/**
 * Shows a text that a country wrote. It is always text and never markup, its direction of writing cannot change that of the words beside it, hidden
 * characters are visible, and a sign says if letters of several scripts are mixed in it.
 */
export function ShownText({ text }: { readonly text: string | null | undefined }) {
  const clean = cleanText(text ?? '')
  return (
    <>
      <bdi>{clean}</bdi>
      {mixesScripts(clean) && <MixedSign />}
    </>
  )
}

function MixedSign() {
  const { t } = useTranslation()
  return (
    <span role="img" className="mixed" aria-label={t('common.mixedScripts')} title={t('common.mixedScripts')}>
      ⚠
    </span>
  )
}

/** Shows what is a plain text as {@link ShownText} does, and leaves all else as it is. */
export function isolate(shown: ReactNode): ReactNode {
  return typeof shown === 'string' ? <ShownText text={shown} /> : shown
}

/** Shows a code that came from elsewhere: an id, or a name of the schema. */
export function ShownCode({ text }: { readonly text: string | null | undefined }) {
  return (
    <code>
      <ShownText text={text} />
    </code>
  )
}
