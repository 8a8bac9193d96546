import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CopiedCommand } from '../audit/copied-command.tsx'
import { readFiles } from '../audit/read-files.ts'
import { cleanText } from '../components/clean-text.ts'
import { Field } from '../components/field.tsx'
import { ShownText } from '../components/shown-text.tsx'
import { Table } from '../components/table.tsx'
import { NationalPage } from './national-page.tsx'
import { type ComparedRow, type Matrix, type MatrixRow, makeMatrix, readComparedRules } from './rules-matrix.ts'
import { useNationalWords } from './use-national-words.ts'

/** The own rules as a matrix, out of a file of `istmo policy diff`. */
export function RulesPage() {
  const words = useNationalWords()
  const [matrix, setMatrix] = useState<Matrix | 'WRONG' | null>(null)
  const open = async (files: FileList | null): Promise<void> => {
    const [file] = await readFiles(files)
    if (file === undefined) return
    const rules = readComparedRules(parseJson(file.text))
    setMatrix(rules === null ? 'WRONG' : makeMatrix(rules))
  }
  return (
    <NationalPage name="rules">
      <p>{words.command}</p>
      <CopiedCommand command="istmo policy diff rules/GT.yaml http://127.0.0.1:9464 --all --json > reglas.json" />
      <Field label={words.choose} problem={matrix === 'WRONG' ? words.rules.wrong : null}>
        {(attributes) => <input {...attributes} type="file" onChange={({ target }) => void open(target.files)} />}
      </Field>
      {matrix !== null && matrix !== 'WRONG' && <ShownMatrix matrix={matrix} />}
    </NationalPage>
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function ShownMatrix({ matrix }: { readonly matrix: Matrix }) {
  const words = useNationalWords()
  const [isDiffering, setDiffering] = useState(false)
  const [sought, setSought] = useState('')
  const rows = matrix.rows.filter(
    ({ coordinate, verdict }) =>
      coordinate.toLowerCase().includes(sought.trim().toLowerCase()) && (!isDiffering || verdict !== 'equal'),
  )
  return (
    <>
      {!matrix.isWhole && <p className="notice">{words.rules.notWhole}</p>}
      <div className="form">
        <Field label={words.rules.search}>
          {(attributes) => <input {...attributes} value={sought} onChange={({ target }) => setSought(target.value)} />}
        </Field>
        <label className="radio">
          <input type="checkbox" checked={isDiffering} onChange={({ target }) => setDiffering(target.checked)} />{' '}
          {words.rules.onlyDiffering}
        </label>
      </div>
      <p>{words.rules.legend}</p>
      {rows.length === 0 ? <p className="empty">{words.rules.none}</p> : <Cells columns={matrix.columns} rows={rows} />}
      {matrix.otherDifferences.length > 0 && <Others rows={matrix.otherDifferences} />}
    </>
  )
}

function Cells({ columns, rows }: { readonly columns: Matrix['columns']; readonly rows: readonly MatrixRow[] }) {
  const words = useNationalWords()
  const { t } = useTranslation()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached with the keyboard
    <section className="wide" tabIndex={0} aria-label={words.lead.rules}>
      <table className="matrix">
        <thead>
          <tr>
            <th scope="col">{words.rules.field}</th>
            {columns.map(({ taskForce, purpose }) => (
              <th key={`${taskForce} ${purpose}`} scope="col">
                <ShownText text={taskForce} />
                <br />
                {t(`purpose.${purpose}`, { defaultValue: purpose })}
              </th>
            ))}
            <th scope="col">{words.rules.own}</th>
            <th scope="col">{words.rules.gateway}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ domain, coordinate, cells, own, isPublished, verdict, gateway }) => (
            <tr key={`${domain} ${coordinate}`} className={verdict}>
              <th scope="row">
                <ShownText text={coordinate} />{' '}
                <small>
                  <ShownText text={domain} />
                </small>
              </th>
              {cells.map(({ state, agencies }, at) => (
                <td key={`${columns[at]?.taskForce} ${columns[at]?.purpose}`} title={cleanText(agencies.join(', '))}>
                  {isPublished ? words.rules.cells[state] : words.rules.notPublished}
                  {state === 'SOME' && (
                    <small>
                      {' '}
                      <ShownText text={agencies.join(', ')} />
                    </small>
                  )}
                </td>
              ))}
              <td>
                <ShownText text={own} />
              </td>
              <td>
                <ShownText
                  text={
                    verdict === 'equal' ? words.rules.verdicts.equal : `${gateway}: ${words.rules.verdicts[verdict]}`
                  }
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Others({ rows }: { readonly rows: readonly ComparedRow[] }) {
  const words = useNationalWords()
  return (
    <>
      <h2>{words.rules.others}</h2>
      <Table
        caption={words.rules.others}
        columns={[
          { title: words.reports.what, isHeader: true, show: ({ what }: ComparedRow) => what },
          { title: words.rules.own, show: ({ here }) => here },
          { title: words.rules.gateway, show: ({ there, verdict }) => `${there}: ${words.rules.verdicts[verdict]}` },
        ]}
        rows={rows}
        keyOf={({ what }) => what}
      />
    </>
  )
}
