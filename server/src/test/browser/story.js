// A device and an application of one organization, both MQTT.js over WebSocket, talk with each
// other; the page's server learns how it went.
'use strict'

const PATIENCE_MILLIS = 60000

function open(settings, login) {
  return new Promise((resolve, reject) => {
    const client = mqtt.connect(settings.url, {
      clientId: login.clientId,
      username: login.user,
      password: login.password,
      protocolVersion: 4,
      clean: login.clean ?? true,
      reconnectPeriod: 200,
      connectTimeout: PATIENCE_MILLIS
    })
    client.on('connect', (ack) => resolve({ client, sessionPresent: ack.sessionPresent }))
    client.on('error', (error) => {
      client.end(true)
      reject(error)
    })
    client.on('close', () => {
      if (!client.connected && settings.expectRefusal) {
        client.end(true)
        reject(new Error('closed before CONNACK'))
      }
    })
  })
}

function nextMessage(client) {
  return new Promise((resolve) => {
    client.once('message', (topic, payload, packet) =>
      resolve({ topic, text: payload.toString(), qos: packet.qos })
    )
  })
}

async function story(settings, steps) {
  const application = (await open(settings, settings.application)).client
  const device = (await open(settings, settings.device)).client
  const granted = await application.subscribeAsync('iot-2/type/pump/id/+/evt/+/fmt/+', { qos: 1 })
  steps.grantedQos = granted[0].qos
  await device.subscribeAsync('iot-2/cmd/+/fmt/+', { qos: 1 })

  let message = nextMessage(application)
  await device.publishAsync('iot-2/evt/state/fmt/json', '{"open":true}', { qos: 1 })
  steps.event = await message

  // Leaves MQTT.js in several frames and comes back in several writes.
  const large = '{"text":"' + 'x'.repeat(settings.largeBytes) + '"}'
  message = nextMessage(application)
  await device.publishAsync('iot-2/evt/large/fmt/json', large, { qos: 1 })
  steps.largeCameBack = (await message).text === large

  message = nextMessage(device)
  await application.publishAsync('iot-2/type/pump/id/p1/cmd/open/fmt/json', '{"now":1}', { qos: 1 })
  steps.command = await message

  // The network goes: MQTT.js comes back by itself and subscribes again.
  const back = new Promise((resolve) => device.once('connect', resolve))
  device.stream.destroy()
  await back
  await device.subscribeAsync('iot-2/cmd/+/fmt/+', { qos: 1 })
  message = nextMessage(device)
  await application.publishAsync('iot-2/type/pump/id/p1/cmd/shut/fmt/json', '{"now":2}', { qos: 1 })
  steps.commandAfterReconnect = await message

  const burst = []
  const all = new Promise((resolve) => {
    application.on('message', (topic, payload) => {
      burst.push(JSON.parse(payload.toString()).n)
      if (burst.length === settings.burst) {
        resolve()
      }
    })
  })
  for (let n = 0; n < settings.burst; n++) {
    device.publish('iot-2/evt/burst/fmt/json', JSON.stringify({ n }), { qos: 1 })
  }
  await all
  steps.burstInOrder = burst.every((n, at) => n === at)

  await device.endAsync()
  await application.endAsync()
}

async function main() {
  const settings = await (await fetch('settings.json')).json()
  const steps = {}
  const result = { steps }
  try {
    const late = new Promise((_, reject) =>
      setTimeout(() => reject(new Error('not finished in time')), PATIENCE_MILLIS)
    )
    await Promise.race([story(settings, steps), late])
  } catch (error) {
    result.error = String(error)
  }
  await fetch('result', { method: 'POST', body: JSON.stringify(result) })
}

main()
