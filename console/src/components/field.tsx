import { type ReactNode, useId } from 'react'

/** A labelled input, with help below it. */
export function Field({
  label,
  help,
  problem,
  children,
}: {
  readonly label: string
  readonly help?: string
  /** What is wrong with the value; null or absent if nothing is. */
  readonly problem?: string | null
  readonly children: (attributes: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode
}) {
  const id = useId()
  const isWrong = problem != null
  const isDescribed = help !== undefined || isWrong
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        ...(isDescribed && { 'aria-describedby': `${id}-help` }),
        ...(isWrong && { 'aria-invalid': true as const }),
      })}
      {isDescribed && (
        <p id={`${id}-help`} className={isWrong ? 'help wrong' : 'help'}>
          {problem ?? help}
        </p>
      )}
    </div>
  )
}
