/**
 * The text with nothing in it that a pipeline takes for a command: names come from the tenant, and whoever may name an
 * application could else set variables of the pipeline that audits it. Azure Pipelines looks for `##vso[` and `##[` anywhere
 * in a line, GitHub Actions for `::` at its beginning.
 *
 * @see https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export function withoutPipelineCommands(text: string): string {
  return text.replace(/##(?=(vso)?\[)/gi, '# #').replace(/^(\s*):(?=:)/gm, '$1: ');
}
