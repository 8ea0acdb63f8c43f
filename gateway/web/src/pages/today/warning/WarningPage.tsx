export default function WarningPage() {
  return null;
}
