import { ShownText } from '../components/shown-text.tsx'

/** An entry in words: one sentence, and a line for each thing that a person asks. */
export function EntryWordsTable({
  words: { title, lines },
}: {
  readonly words: {
    readonly title: string
    readonly lines: readonly { readonly label: string; readonly text: string }[]
  }
}) {
  return (
    <>
      <p>
        <strong>
          <ShownText text={title} />
        </strong>
      </p>
      <dl className="facts">
        {lines.map(({ label, text }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of an entry never change their order
          <div key={at} className="fact">
            <dt>
              <ShownText text={label} />
            </dt>
            <dd>
              {text.split('\n').map((line, part) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line never change their order
                <p key={part}>
                  <ShownText text={line} />
                </p>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}
