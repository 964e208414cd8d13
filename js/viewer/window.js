export async function buildWindow({ player }) {
  await player.seek(0);
}
