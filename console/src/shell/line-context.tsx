import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
import type { ConsoleDocument, SessionAnswer } from '../session/session.ts'

/** A question that can be asked again as a dry run. */
export interface AskedQuestion {
  readonly document: ConsoleDocument<unknown, object>
  readonly variables: object
}

/** What the page that is shown has asked. */
export interface PageAnswers {
  readonly answers: readonly SessionAnswer<unknown>[]
  readonly isAsking: boolean
  /** The countries that are asked in a question of their own, and have not answered yet. */
  readonly awaited: readonly string[]
  /** The page's main question; null if nothing was asked yet. */
  readonly question: AskedQuestion | null
  /** Asks again those that did not answer, if the page has a way of its own; null if each question is asked as it was. */
  readonly askAgain: (() => void) | null
}

const NOTHING: PageAnswers = { answers: [], isAsking: false, awaited: [], question: null, askAgain: null }

interface Line {
  readonly shown: PageAnswers
  show(answers: PageAnswers): void
}

const LineContext = createContext<Line>({ shown: NOTHING, show: () => undefined })

/** Keeps what the line says. */
export function LineProvider({ children }: { readonly children: ReactNode }) {
  const [shown, show] = useState(NOTHING)
  const line = useMemo(() => ({ shown, show }), [shown])
  return <LineContext.Provider value={line}>{children}</LineContext.Provider>
}

/** Returns what the line says. */
export function useLine(): PageAnswers {
  return useContext(LineContext).shown
}

/** Tells the line what the page has asked, as long as the page is shown. Each page with questions calls it once. */
export function useTellLine(
  answers: readonly (SessionAnswer<unknown> | undefined)[],
  isAsking: boolean,
  question: AskedQuestion | null,
  awaited: readonly string[] = [],
  askAgain: (() => void) | null = null,
): void {
  const { show } = useContext(LineContext)
  const there = answers.filter((answer) => answer !== undefined)
  // What changes the line: another answer, or another question.
  const key = JSON.stringify([
    there.map(({ requestId, at }) => [requestId, at]),
    isAsking,
    awaited,
    question?.variables ?? null,
    askAgain === null,
  ])
  const latest = useRef(askAgain)
  latest.current = askAgain
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the answers, which are new objects at each rendering
  useEffect(() => {
    const again = askAgain === null ? null : () => latest.current?.()
    show({ answers: there, isAsking, awaited, question, askAgain: again })
  }, [key, show])
  useEffect(() => () => show(NOTHING), [show])
}
