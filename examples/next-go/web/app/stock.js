"use client";

import { useEffect, useState } from "react";

export default function Stock() {
  const [items, setItems] = useState([]);
  useEffect(() => {
    fetch("/api/stock").then((answer) => answer.json()).then(setItems);
  }, []);
  return <ul>{items.map((item) => <li key={item}>{item}</li>)}</ul>;
}
