/** Runs the program at this `file:` URL with the arguments of this process, on a Node.js that can run it. */
export function launch(program: string): Promise<void>

/** Ends this process in order when the npm or npx that started it is gone. */
export function endWithNpm(): void
