import { type DemoApp, openDemoApp } from "./demo-app.js";
import { type Visitor, visit } from "./visitor.js";

/** One demo for a file of tests, whose tabs are closed after each of them so that none depends on what became of another. */
export interface Tabs {
  readonly testApp: DemoApp;
  /** A new tab of that person, in #incidents, with no window open. */
  become(id: string, size?: { readonly width?: number; readonly height?: number }): Promise<Visitor>;
  /** Closed with the others after the test. */
  add(tab: Visitor): void;
  /** An id that no other test of the file declares for. */
  newIncident(): string;
  closeTabs(): Promise<void>;
  close(): Promise<void>;
}

export async function openTabs(): Promise<Tabs> {
  const testApp = await openDemoApp();
  let tabs: Visitor[] = [];
  let incidents = 100;
  const closeTabs = async (): Promise<void> => {
    await Promise.all(tabs.map((tab) => tab.close()));
    tabs = [];
  };
  return {
    testApp,
    become: async (id, size = {}) => {
      const tab = await visit(testApp.browser, testApp.address, { ...size, at: `#as=${id}&at=C0INCIDENTS` });
      tabs.push(tab);
      await tab.clearDesk();
      return tab;
    },
    add: (tab) => void tabs.push(tab),
    newIncident: () => {
      incidents += 1;
      return `INC-${incidents}`;
    },
    closeTabs,
    close: async () => {
      await closeTabs();
      await testApp.close();
    },
  };
}
