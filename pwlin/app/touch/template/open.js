/* Open every playground of the page. */
App.tools = { Q, bestNetwork, readGoal, derive, errorsOf, exactErrors, label, decimal, Random, seeded, Trainer, fullGradient, folded, unfolded }; // for those who look inside
for (const root of document.querySelectorAll(".playground:not(.of-plane)")) {
  const data = JSON.parse(root.querySelector("script[type='application/json']").textContent);
  root.playground = new App(root, data);
}
