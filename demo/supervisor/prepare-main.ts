/** `node demo/supervisor/prepare-main.ts FOLDER`: makes in a folder the databases with which the demo's databases begin. */
import { prepareDatabases } from '../../subgraphs/kit/prepare-databases.ts'

await prepareDatabases(process.argv[2] ?? '')
