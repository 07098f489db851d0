/** `npm run bench`: each figure beside its floor, taken in the same run. Fails where a goal is missed. */
import { cpus } from 'node:os';
import { runSession, type Session } from '../sandbox/cli/session';
import { measureAudit } from './measure-audit';
import { measureDetections } from './measure-detections';
import { measureHttp } from './measure-http';
import { measureLoad } from './measure-load';
import { parseBenchOptions, type BenchOptions } from './options';
import { goalsOf, renderAudit, renderGoals, renderLoad, type Goal } from './render';
import { goalsOfDetections, renderDetections } from './render-detections';
import { goalsOfHttp, renderHttp } from './render-http';
import { setStage } from './stage';

async function bench(options: BenchOptions, session: Session): Promise<void> {
  console.log(`Node.js ${process.versions.node}, ${cpus().length} processors\n`);
  const goals: Goal[] = [];
  if (options.parts.includes('audit')) {
    goals.push(...(await benchAudit(options, session)));
  }
  if (options.parts.includes('detections')) {
    const figures = await measureDetections(session.signal);
    console.log(`${renderDetections(figures)}\n`);
    goals.push(...goalsOfDetections(figures));
  }
  if (options.parts.includes('http')) {
    const figures = await measureHttp(await setStage(session, { name: 'contoso' }), new Date(), session.signal);
    console.log(`${renderHttp(figures)}\n`);
    goals.push(...goalsOfHttp(figures));
  }
  console.log(renderGoals(goals));

  const missed = goals.filter(({ met }) => !met);
  if (missed.length > 0 && !options.reportOnly) {
    throw new Error(`\n${missed.length} of ${goals.length} goals missed.`);
  }
}

async function benchAudit(options: BenchOptions, session: Session): Promise<readonly Goal[]> {
  const { applications, workspaces } = options.sizes;
  console.log(`${applications} applications, ${workspaces} workspaces\n`);
  const stage = await setStage(session, { name: 'large', sizes: options.sizes });
  const audit = await measureAudit(stage, options, session.signal);
  console.log(`${renderAudit(audit)}\n`);
  const load = await measureLoad(stage, audit.loaded, session.signal);
  console.log(`${renderLoad(load)}\n`);
  return goalsOf(audit, load);
}

void runSession((session) => bench(parseBenchOptions(process.argv.slice(2)), session));
