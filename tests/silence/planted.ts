/** Does what some packages do a while after they were loaded: asks for a version, looks up a name, connects to another port. */
import { connect } from 'node:net'

setTimeout(async () => {
  await fetch('http://192.0.2.1/version').catch(() => undefined)
  await fetch('http://telemetry.example/').catch(() => undefined)
  await new Promise((resolve) => connect(9, '127.0.0.1').on('error', resolve).on('connect', resolve))
  process.stdout.write('PLANTED\n')
}, 500)
