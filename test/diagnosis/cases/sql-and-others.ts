import {
  aDataset,
  aLinkedService,
  anEntraOnlyAuthentication,
  aManagedIdentitySqlControl,
  aPipeline,
} from '../../fixtures/facts';
import { HEALTHY, type DiagnosisCase } from './case';

const NO_USER =
  "Cannot connect to SQL Database. Server: 'orders.database.windows.net', Database: 'orders', User: ''. Login failed for user '<token-identified principal>'., SqlErrorNumber=18456,Class=14,State=1";
const own = {
  ...HEALTHY,
  pipelines: [aPipeline({ datasets: ['pool'] })],
  datasets: [aDataset({ name: 'pool', linkedService: 'pool' })],
};
const pool = { name: 'pool', type: 'AzureSqlDW', target: 'contoso.sql.azuresynapse.net' };

export const OTHER_CASES: readonly DiagnosisCase[] = [
  {
    name: 'an identity without a user in the database, though it has an Azure role',
    text: NO_USER,
    expected: 'sql-user-missing',
    obvious: 'sql-firewall',
    source:
      'https://learn.microsoft.com/en-us/answers/questions/1663631/how-to-add-azure-sql-database-as-linked-service-to',
  },
  {
    name: 'a service principal without a user in the serverless pool',
    text: "Login failed for user '<token-identified principal>'.",
    expected: 'sql-user-missing',
    source:
      'https://learn.microsoft.com/en-gb/answers/questions/2280222/issues-connecting-to-serverless-sql-pool-in-azure',
  },
  {
    name: 'a service principal without a user, from a client library',
    text: "SqlException (0x80131904): Login failed for user '<token-identified principal>'.",
    pipeline: 'load',
    tenant: HEALTHY,
    expected: 'sql-user-missing',
    source: 'https://github.com/dotnet/SqlClient/issues/1408',
  },
  {
    name: 'the workspace’s own pool, over which its identity has no control',
    text: "Login failed for user '<token-identified principal>'.",
    pipeline: 'load',
    tenant: {
      ...own,
      linkedServices: [aLinkedService(pool)],
      managedIdentitySqlControl: [aManagedIdentitySqlControl({ wanted: false, actual: 'disabled' })],
    },
    expected: 'sql-user-missing',
  },
  {
    name: 'a deployment that made the connection string a secret, and with it the managed identity a SQL login',
    text: "Cannot connect to SQL Database: 'contoso.sql.azuresynapse.net', User: ''. Login failed for user ''.",
    pipeline: 'load',
    tenant: {
      ...own,
      linkedServices: [
        aLinkedService({
          ...pool,
          signIn: { method: 'connectionString', evidence: ['connectionString'] },
          inlineSecrets: ['connectionString'],
        }),
      ],
    },
    expected: 'authentication-not-stated',
    obvious: 'sql-password-refused',
    source:
      'https://stackoverflow.com/questions/70617210/synapse-linked-service-azure-synapse-analytics-has-wrong-authentication-type-after-dep',
  },
  {
    name: 'a SQL login with a wrong password',
    text: "Login failed for user 'loader'. SqlErrorNumber=18456,Class=14,State=1",
    expected: 'sql-password-refused',
  },
  {
    name: 'a SQL login at a workspace that takes Entra ID only',
    text: "Login failed for user 'loader'. SqlErrorNumber=18456,Class=14,State=1",
    pipeline: 'load',
    tenant: {
      ...own,
      linkedServices: [aLinkedService({ ...pool, signIn: { method: 'password', evidence: ['password'] } })],
      entraOnlyAuthentication: [anEntraOnlyAuthentication()],
    },
    expected: 'sql-entra-only',
    obvious: 'sql-password-refused',
  },
  {
    name: 'the firewall of a SQL server, which says “login”',
    text: "Cannot open server 'orders' requested by the login. Client with IP address '203.0.113.24' is not allowed to access the server. SqlErrorNumber=40615",
    expected: 'sql-firewall',
    obvious: 'sql-password-refused',
    source: 'https://codewithsql.com/errors/40615',
  },
  {
    name: 'public access to a SQL server is off',
    text: 'Reason: An instance-specific error occurred while establishing a connection. Connection was denied since Deny Public Network Access is set to Yes. SqlErrorNumber=47073',
    expected: 'sql-firewall',
  },
  {
    name: 'a database that could not be opened',
    text: 'Cannot open database "orders" requested by the login. The login failed. SqlErrorNumber=4060',
    expected: 'sql-database-closed',
  },
  {
    name: 'a self-hosted integration runtime that lost its credential',
    text: 'Failed to get the decrypted credential. The credential on the self-hosted integration runtime node is not in sync.',
    expected: 'self-hosted-runtime',
  },
  {
    name: 'an identity whose user, people say, is there in every database',
    text: "Cannot connect to SQL Database. Please contact SQL server team for further support. Server: 'servername.database.windows.net', Database: 'databasename', User: ''. Check the linked service configuration is correct, and make sure the SQL Database firewall allows the integration runtime to access. Login failed for user '<token-identified principal>'.",
    expected: 'sql-user-missing',
    obvious: 'sql-firewall',
    source:
      'https://learn.bitget-meeting.com/en-us/answers/questions/5741074/unable-to-connect-azure-data-factory-to-azure-sql',
  },
  {
    name: 'throttling',
    text: 'The remote server returned an error: (429) Too Many Requests.',
    expected: null,
  },
  {
    name: 'a file that is not there, in a message that speaks of a managed identity',
    text: 'ErrorCode=PathNotFound: The specified path does not exist.',
    expected: null,
  },
  {
    name: 'an error of the code',
    text: "Invalid object name 'dbo.orders'. SqlErrorNumber=208",
    expected: null,
  },
  {
    name: 'something that nobody knows',
    text: 'Kaboom.',
    expected: null,
  },
];
