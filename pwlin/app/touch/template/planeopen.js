/* Open every playground of two inputs. */
PlaneApp.tools = { Q, cutPlane, planeErrors, planeGradient, planeSample, segmentOf, planeEdit, spanning, Random, seeded, Trainer };
for (const root of document.querySelectorAll(".playground.of-plane")) {
  const data = JSON.parse(root.querySelector("script[type='application/json']").textContent);
  root.playground = new PlaneApp(root, data);
}
