/**
 * Runs jobs lane by lane: those of one lane one after the other, the lanes at the same time.
 * @returns what `run` returned, in the order of the jobs
 */
export async function inLanes<Job extends { lane: string }, Result>(
  jobs: readonly Job[],
  run: (job: Job) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const lanes = new Set(jobs.map(({ lane }) => lane));
  const runLane = async (name: string) => {
    for (const [index, job] of jobs.entries()) if (job.lane === name) results[index] = await run(job);
  };
  await Promise.all([...lanes].map(runLane));
  return results;
}
