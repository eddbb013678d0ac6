import type { FullResult, Reporter, Suite, TestCase } from '@playwright/test/reporter';

/** Prints `N passed, N failed` (`, N skipped`) as the very last line of a run. */
export default class SummaryReporter implements Reporter {
  private suite: Suite | undefined;
  private status: FullResult['status'] = 'failed';
  private globalErrors = 0;

  printsToStdio(): boolean {
    return true;
  }

  onBegin(_config: unknown, suite: Suite): void {
    this.suite = suite;
  }

  onError(): void {
    this.globalErrors += 1;
  }

  onEnd(result: FullResult): void {
    this.status = result.status;
  }

  // After the other reporters' summaries, which they print in onEnd.
  async onExit(): Promise<void> {
    const count = { passed: 0, failed: this.globalErrors, skipped: 0 };
    for (const test of this.suite?.allTests() ?? []) count[verdict(test)] += 1;
    if (this.status !== 'passed' && count.failed === 0) count.failed = 1;
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
  }
}

function verdict(test: TestCase): 'passed' | 'failed' | 'skipped' {
  // Playwright's own outcome() calls an interrupted test skipped.
  if (test.results.some(({ status }) => status === 'interrupted')) return 'failed';
  const outcome = test.outcome();
  if (outcome === 'skipped') return 'skipped';
  return outcome === 'expected' ? 'passed' : 'failed';
}
