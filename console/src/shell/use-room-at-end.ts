import { type RefObject, useEffect, useRef } from 'react'

/**
 * Keeps what the focus moves to above a part that lies over the end of the page (WCAG 2.2, 2.4.11): the browser scrolls as far as the part is high.
 * @returns a reference for that part.
 */
export function useRoomAtEnd<Part extends HTMLElement>(): RefObject<Part | null> {
  const part = useRef<Part>(null)
  useEffect(() => {
    const shown = part.current
    if (shown === null) return
    const { style } = document.documentElement
    const observer = new ResizeObserver(() => {
      style.scrollPaddingBottom = `${shown.offsetHeight + ROOM}px`
    })
    observer.observe(shown)
    return () => {
      observer.disconnect()
      style.scrollPaddingBottom = ''
    }
  }, [])
  return part
}

/** For the outline of what has the focus, in CSS pixels. */
const ROOM = 8
