// Stories of sessions, QoS and reconnecting, told by MQTT.js in Node to a plain space, over each transport and in both
// versions. Arguments: a file of settings. Writes one line of JSON.
'use strict'

const fs = require('fs')
const settings = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))
const mqtt = require(settings.module)
const ca = fs.readFileSync(settings.caFile)

let stories = 0

function teller(way) {
  const story = ++stories
  const open = []
  return {
    topic: `js/${story}`,

    connect(name, more = {}) {
      return new Promise((resolve, reject) => {
        const client = mqtt.connect(way.url, {
          ca,
          clientId: `${name}-${story}`,
          username: settings.user,
          password: settings.password,
          protocolVersion: way.version,
          reconnectPeriod: 50,
          ...more,
          properties: more.clean === false ? { sessionExpiryInterval: 3600 } : {}
        })
        open.push(client)
        client.heard = []
        client.on('message', (topic, payload, packet) =>
          client.heard.push({ text: payload.toString(), qos: packet.qos, retain: packet.retain })
        )
        client.once('connect', (ack) => resolve([client, ack.sessionPresent]))
        client.once('error', reject)
      })
    },

    async heard(client, count) {
      await until(() => client.heard.length >= count, `${client.heard.length} of ${count} messages`)
      return client.heard
    },

    end() {
      return Promise.all(open.map((client) => client.endAsync(true)))
    }
  }
}

async function until(condition, what) {
  for (const end = Date.now() + 20000; !condition(); ) {
    if (Date.now() > end) {
      throw new Error('waited in vain: ' + what)
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function same(actual, expected) {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) {
    throw new Error(JSON.stringify(actual) + ' is not ' + JSON.stringify(expected))
  }
}

const tales = {
  async session_that_lasts_gets_what_it_missed({ connect, heard, topic }) {
    const [writer] = await connect('writer')
    const [before, fresh] = await connect('reader', { clean: false })
    same(fresh, false)
    await before.subscribeAsync(topic, { qos: 2 })
    await before.endAsync()
    for (let n = 0; n < 20; n++) {
      await writer.publishAsync(topic, `m${n}`, { qos: 1 + (n % 2) })
    }
    const [after, present] = await connect('reader', { clean: false })
    same(present, true)
    const texts = (await heard(after, 20)).filter(({ qos }) => qos === 1).map(({ text }) => text)
    same(texts, [...Array(10).keys()].map((n) => `m${2 * n}`))
    await after.endAsync()
    const [clean, kept] = await connect('reader', { clean: true })
    same(kept, false)
    await writer.publishAsync(topic, 'nobody', { qos: 1 })
    same(clean.heard, [])
  },

  async messages_survive_a_wire_that_is_cut_again_and_again({ connect, topic }) {
    const [reader] = await connect('reader', { clean: false })
    const [writer] = await connect('writer', { clean: false })
    await reader.subscribeAsync(topic + '/#', { qos: 2 })
    const done = []
    for (let n = 0; n < 300; n++) {
      if (n % 60 === 0) {
        // While it sends again what it kept, MQTT.js does not keep what is published: no cut may meet it then.
        await writer.publishAsync(topic + '-ready', '', { qos: 1 })
      }
      done.push(writer.publishAsync(`${topic}/${1 + (n % 2)}`, `m${n}`, { qos: 1 + (n % 2) }))
      if (n % 60 === 30) {
        await new Promise((resolve) => setTimeout(resolve, 20))
        writer.stream.destroy()
      }
      if (n % 60 === 50) {
        reader.stream.destroy()
      }
    }
    await Promise.all(done)
    const texts = (qos) => reader.heard.filter((one) => one.qos === qos).map(({ text }) => text)
    await until(() => new Set(reader.heard.map(({ text }) => text)).size === 300, 'all messages')
    same(texts(2), [...Array(150).keys()].map((n) => `m${2 * n + 1}`))
    same([...new Set(texts(1))], [...Array(150).keys()].map((n) => `m${2 * n}`))
  },

  async retained_message_meets_whoever_subscribes({ connect, heard, topic }) {
    const [writer] = await connect('writer')
    const [reader] = await connect('reader')
    await writer.publishAsync(topic, 'kept', { qos: 1, retain: true })
    await reader.subscribeAsync(topic, { qos: 1 })
    same(await heard(reader, 1), [{ text: 'kept', qos: 1, retain: true }])
    await writer.publishAsync(topic, '', { qos: 1, retain: true })
    await heard(reader, 2)
    const [late] = await connect('late')
    await late.subscribeAsync(topic, { qos: 1 })
    await writer.publishAsync(topic, 'live', { qos: 1 })
    same(await heard(late, 1), [{ text: 'live', qos: 1, retain: false }])
  },

  async will_is_published_when_the_wire_is_cut_only({ connect, heard, topic }) {
    const [reader] = await connect('reader')
    await reader.subscribeAsync(topic, { qos: 1 })
    const will = (text) => ({ reconnectPeriod: 0, will: { topic, payload: text, qos: 1, retain: false } })
    const [leaving] = await connect('leaving', will('left'))
    await leaving.endAsync()
    const [mortal] = await connect('mortal', will('lost'))
    mortal.stream.destroy()
    same(await heard(reader, 1), [{ text: 'lost', qos: 1, retain: false }])
  },

  async later_connection_takes_the_session_over({ connect, heard, topic }) {
    const [writer] = await connect('writer')
    const [earlier] = await connect('same', { clean: false, reconnectPeriod: 0 })
    await earlier.subscribeAsync(topic, { qos: 2 })
    const [later, present] = await connect('same', { clean: false, reconnectPeriod: 0 })
    same(present, true)
    await until(() => !earlier.connected, 'the earlier connection to end')
    await writer.publishAsync(topic, 'over', { qos: 2 })
    same(await heard(later, 1), [{ text: 'over', qos: 2, retain: false }])
    same(earlier.heard, [])
  },

  async members_of_a_shared_subscription_get_each_message_once({ connect, topic }) {
    const [writer] = await connect('writer')
    const members = [(await connect('first'))[0], (await connect('second'))[0]]
    for (const member of members) {
      await member.subscribeAsync(`$share/group/${topic}/#`, { qos: 2 })
    }
    for (let n = 0; n < 20; n++) {
      await writer.publishAsync(`${topic}/${n % 3}`, `m${n}`, { qos: n % 3 })
    }
    const all = () => members.flatMap(({ heard }) => heard.map(({ text }) => text))
    await until(() => all().length >= 20, 'all messages')
    same(new Set(all()).size, 20)
    same(members.every(({ heard }) => heard.length > 0), true)
  }
}

async function main() {
  const told = []
  const failed = []
  for (const way of settings.ways) {
    for (const [name, tale] of Object.entries(tales)) {
      const story = teller(way)
      const title = `${name} (${way.url.split(':')[0]}, level ${way.version})`
      try {
        await tale(story)
        told.push(title)
      } catch (error) {
        failed.push(`${title}: ${error.stack}`)
      }
      await story.end()
    }
  }
  console.log(JSON.stringify({ told, failed }))
  process.exit(0)
}

main()
