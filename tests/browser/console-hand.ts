/** How a person works with the console in a story: with a mouse, or with only the keyboard. */
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { writeDay } from '../../console/src/components/read-day.ts'
import type { Story } from './console-story.ts'

/** How many presses one may need from one part of a page to another, of the Tab key. */
const MOST_TABS = 200

/**
 * Moves the focus to a part of the page with only the Tab key, and checks on each part on the way that one can see that it has the focus.
 * @throws {Error} if the Tab key does not lead there. The message names the last parts that had the focus.
 */
export async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await target.first().waitFor()
  const [passed, unseen]: [string[], string[]] = [[], []]
  if ((await target.and(page.locator(':focus')).count()) > 0) return
  // To look for them at each press costs more than the press.
  let parts = await target.elementHandles()
  for (let presses = 0; presses < MOST_TABS; presses++) {
    await page.keyboard.press(key)
    let at = await page.evaluate(lookAtFocus, parts)
    if (at.isGone) {
      parts = await target.elementHandles()
      at = await page.evaluate(lookAtFocus, parts)
    }
    if (!at.isSeen) unseen.push(await readFocus(page))
    if (presses > MOST_TABS - 30) passed.push(await readFocus(page))
    if (!at.isTarget) continue
    expect(unseen, 'parts at which one cannot see that they have the focus').toEqual([])
    return
  }
  throw new Error(`expected that ${key} leads to ${target}; came to ${passed.join(' | ')}`)
}

interface Focus {
  readonly isTarget: boolean
  /** Whether the page has drawn a target anew: it is to be looked for again. */
  readonly isGone: boolean
  readonly isSeen: boolean
}

/** What has the focus, in a few words. */
export async function readFocus(page: Page): Promise<string> {
  return (await page.evaluate(FOCUS)) as string
}

const FOCUS = `(() => {
  const part = document.activeElement
  return part.tagName.toLowerCase() + ' ' + (part.getAttribute('aria-label') ?? part.labels?.[0]?.textContent ?? part.textContent ?? '').trim().slice(0, 40)
})()`

/** A part with the focus has an outline, is not beside the window, and is not covered whole by another part (WCAG 2.2, 2.4.11). */
const lookAtFocus = new Function(
  'targets',
  `
  const part = document.activeElement
  const isTarget = targets.includes(part)
  const isGone = targets.length === 0 || !targets.every((each) => each.isConnected)
  // Between the end of the page and its beginning nothing has it.
  if (part === document.body) return { isTarget, isGone, isSeen: true }
  const { outlineStyle, outlineWidth } = getComputedStyle(part)
  const { left, top, width, height } = part.getBoundingClientRect()
  const isAt = (across, down) => {
    const seen = document.elementFromPoint(left + width * across, top + height * down)
    return seen !== null && (part.contains(seen) || [...(part.labels ?? [])].some((label) => label.contains(seen)))
  }
  const isInSight = [0.05, 0.5, 0.95].some((across) => [0.1, 0.5, 0.9].some((down) => isAt(across, down)))
  const hasOutline = outlineStyle !== 'none' && outlineWidth !== '0px'
  return { isTarget, isGone, isSeen: hasOutline && isInSight }
`,
) as (targets: unknown) => Focus

/** Goes to a part with the Tab key, and presses Enter there. */
export async function pressAt(page: Page, target: Locator, key: 'Enter' | ' ' = 'Enter'): Promise<void> {
  await tabTo(page, target)
  await page.keyboard.press(key)
}

/** Goes to a text field with the Tab key, and types over what it has. */
export async function typeInto(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field)
  await page.keyboard.press('Control+a')
  await page.keyboard.type(text)
}

/** How somebody works with a page. */
export interface Hand {
  press(target: Locator): Promise<void>
  /** Writes into a text field, over what it has. */
  type(field: Locator, text: string): Promise<void>
  /** Checks a box, or one of several radio buttons. */
  check(box: Locator): Promise<void>
  choose(list: Locator, label: string): Promise<void>
  /** Writes a day, `YYYY-MM-DD`. */
  date(field: Locator, day: string): Promise<void>
  /** Opens a file where the page asks for one. */
  open(field: Locator, file: string): Promise<void>
}

/** Returns the hand of a story's setting: with only the keyboard, or with a mouse. */
export function handOf({ page, setting }: Pick<Story, 'page' | 'setting'>): Hand {
  if (setting.hand === 'mouse') {
    return {
      press: (target) => target.click(),
      type: (field, text) => field.fill(text),
      check: (box) => box.check(),
      choose: async (list, label) => void (await list.selectOption({ label })),
      date: (field, day) => field.fill(writeDay(day)),
      open: (field, file) => openFile(page, field.click(), file),
    }
  }
  return {
    press: (target) => pressAt(page, target),
    type: (field, text) => typeInto(page, field, text),
    check: (box) => checkByKeyboard(page, box),
    choose: (list, label) => chooseByKeyboard(page, list, label),
    date: (field, day) => typeInto(page, field, writeDay(day)),
    open: (field, file) => openFile(page, pressAt(page, field), file),
  }
}

async function openFile(page: Page, pressed: Promise<void>, file: string): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), pressed])
  await chooser.setFiles(file)
}

/** The Tab key leads to the chosen one of several radio buttons; the arrows lead from there to the others. */
async function checkByKeyboard(page: Page, box: Locator): Promise<void> {
  if (await box.isChecked()) return
  const group = await box.getAttribute('name')
  if (group === null) return pressAt(page, box, ' ')
  await tabTo(page, page.locator(`input[name=${group}]:checked`))
  while (!(await box.isChecked())) await page.keyboard.press('ArrowDown')
}

/** A closed list takes the arrows, too. */
async function chooseByKeyboard(page: Page, list: Locator, label: string): Promise<void> {
  await tabTo(page, list)
  const labels = await list.locator('option').allInnerTexts()
  await page.keyboard.press('Home')
  for (let at = 0; at < labels.indexOf(label); at++) await page.keyboard.press('ArrowDown')
  expect(await list.locator('option:checked').textContent()).toBe(label)
}
