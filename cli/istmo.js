#!/usr/bin/env node
import { launch } from './launch.js'

await launch(new URL('./istmo.ts', import.meta.url).href)
