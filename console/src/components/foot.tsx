import { type ReactNode, useLayoutEffect, useState } from 'react'
import { createPortal } from 'react-dom'

/** The id of the row at the foot of each page, which the frame has (shell/shell.tsx). */
export const FOOT_ID = 'foot'

/** Shows something in the row at the foot of the page, wherever in the page it is made: how records may be used. Without a frame it stands where it is. */
export function Foot({ children }: { readonly children: ReactNode }) {
  const [place, setPlace] = useState<HTMLElement | null>(null)
  useLayoutEffect(() => setPlace(document.getElementById(FOOT_ID)), [])
  return place === null ? <div className="foot">{children}</div> : createPortal(children, place)
}
