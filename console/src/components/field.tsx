import { type ReactNode, useId } from 'react'

/** A labelled input. Below it stand what is wrong with its value, and help, which stays: whoever wrote a wrong value needs it most. */
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
        <div id={`${id}-help`}>
          {isWrong && (
            <p role="alert" className="help wrong">
              {problem}
            </p>
          )}
          {help !== undefined && <p className="help">{help}</p>}
        </div>
      )}
    </div>
  )
}
