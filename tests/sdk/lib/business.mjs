// What a business server does beside the clients: it registers users, makes their tokens and acts as administrator, by REST.

import { soon } from './wait.mjs';

/** The platform of everything that runs in a browser. */
export const WEB = 5;

/** A business server with an administrator's token. */
export class Business {
  #api;
  #token = '';

  /** Logs the administrator in. */
  static async login(api, secret) {
    const business = new Business(api);
    business.#token = (await business.call('/auth/get_admin_token', { secret, userID: 'imAdmin' })).token;
    return business;
  }

  constructor(api) {
    this.#api = api;
  }

  /** Calls a route that must succeed and returns its data. */
  async call(path, body) {
    const headers = { 'content-type': 'application/json', operationID: `business-${path}`, token: this.#token };
    const request = fetch(this.#api + path, { method: 'POST', headers, body: JSON.stringify(body) });
    const response = await soon(`${path} answers`, request);
    const answer = await response.json();
    if (answer.errCode !== 0) throw new Error(`${path} failed: ${JSON.stringify(answer)}`);
    return answer.data;
  }

  /** Registers users, each `{userID, nickname}`. */
  async register(users) {
    await this.call('/user/user_register', { users: users.map((user) => ({ faceURL: '', ...user })) });
  }

  /** Makes a user's token for a platform. */
  async token(userID, platformID = WEB) {
    return (await this.call('/auth/get_user_token', { userID, platformID })).token;
  }
}
