import { useState } from 'react'
import { CopiedCommand } from '../audit/copied-command.tsx'
import { readFiles } from '../audit/read-files.ts'
import { Field } from '../components/field.tsx'
import { ShownCode, ShownText } from '../components/shown-text.tsx'
import { Table } from '../components/table.tsx'
import { useFormats } from '../shell/use-formats.ts'
import { fill } from '../words/fill.ts'
import { NationalPage } from './national-page.tsx'
import { countStates, type ReadReport, type ReportRow, readReport, STATES } from './read-report.ts'
import { useNationalWords } from './use-national-words.ts'

/** A file that somebody opened. `report` null: it is of none of the commands. */
interface OpenedReport {
  readonly name: string
  readonly report: ReadReport | null
}

/** The results of commands of the national team, out of files. */
export function ReportsPage() {
  const words = useNationalWords()
  const [opened, setOpened] = useState<readonly OpenedReport[]>([])
  const open = async (files: FileList | null): Promise<void> => {
    const read = await readFiles(files)
    setOpened(read.map(({ name, text }) => ({ name, report: readReport(text) })))
  }
  return (
    <NationalPage name="reports">
      <p>{words.command}</p>
      <CopiedCommand command="istmo doctor --env /etc/istmo/node.env --json --lang es > doctor.json" />
      <Field label={words.choose}>
        {(attributes) => (
          <input {...attributes} type="file" multiple onChange={({ target }) => void open(target.files)} />
        )}
      </Field>
      {opened.map(({ name, report }) =>
        report === null ? (
          <p key={name} role="alert" className="notice">
            <ShownText text={fill(words.wrongFile, { name })} />
          </p>
        ) : (
          <ShownReport key={name} name={name} report={report} />
        ),
      )}
    </NationalPage>
  )
}

function ShownReport({ name, report }: { readonly name: string; readonly report: ReadReport }) {
  const words = useNationalWords()
  const { country: nameCountry, moment, number } = useFormats()
  const [isAll, setAll] = useState(false)
  const { kind, country, madeAt, rows } = report
  const counts = countStates(report)
  const sum = STATES.filter((state) => counts[state] > 0)
    .map((state) => `${words.reports.states[state]} ${number(counts[state])}`)
    .join(', ')
  const shown = isAll ? rows : rows.filter(({ state }) => state !== 'well')
  return (
    <section className="sheet">
      <h2>{words.reports.kinds[kind]}</h2>
      <p className="quiet-text">
        <ShownText text={name} />{' '}
        {country !== null && <ShownText text={fill(words.reports.ofCountry, { country: nameCountry(country) })} />}{' '}
        {madeAt !== null && <ShownText text={fill(words.reports.madeAt, { time: moment(madeAt) })} />}{' '}
        {fill(words.reports.sum, { counts: sum === '' ? '0' : sum })}
      </p>
      <label className="radio">
        <input type="checkbox" checked={isAll} onChange={({ target }) => setAll(target.checked)} />{' '}
        {words.reports.showWell}
      </label>
      {shown.length === 0 ? <p>{words.reports.nothing}</p> : <Rows caption={words.reports.kinds[kind]} rows={shown} />}
    </section>
  )
}

function Rows({ caption, rows }: { readonly caption: string; readonly rows: readonly ReportRow[] }) {
  const words = useNationalWords()
  return (
    <Table
      caption={caption}
      columns={[
        {
          title: words.reports.state,
          show: ({ state }: ReportRow) => <span className={`state ${state}`}>{words.reports.states[state]}</span>,
        },
        { title: words.reports.place, isHeader: true, show: ({ place }) => <ShownText text={place} /> },
        {
          title: words.reports.what,
          show: ({ code, what }) => (
            <>
              {code !== '' && <ShownCode text={code} />} <ShownText text={what} />
            </>
          ),
        },
        { title: words.reports.remedy, show: ({ remedy }) => <ShownText text={remedy} /> },
      ]}
      rows={rows}
      keyOf={({ place, code, what }, at) => `${at} ${place} ${code} ${what}`}
    />
  )
}
