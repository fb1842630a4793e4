import Stock from "./stock";

export default function Page() {
  return (
    <main>
      <h1>good morning</h1>
      <Stock />
    </main>
  );
}
